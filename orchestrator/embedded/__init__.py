"""
Servers that need no installing: PostgreSQL and Valkey from wheels, and a supervisor for processes.

Nothing here knows Django or the rest of Countersign. A program that wants the whole stack writes:

    with Supervisor(logs=data / "logs") as supervisor:
        with running_postgres(data, supervisor=supervisor) as postgres:
            with running_valkey(data, supervisor=supervisor) as valkey:
                env = {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
                supervisor.run(ProcessSpec("migrate", [...], env=env))
                supervisor.start(ProcessSpec("web", [...], env=env, ready=lambda: answers(port)))
                supervisor.wait()  # until Ctrl-C; restarts what dies

A program that wants only a database (the tests) leaves the supervisor out.
"""

"""`/__sim__/…`: what tests and demos may do to the org that no client of a real one could."""

import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from orchestrator.simulator import administration, clock, saving, tracking
from orchestrator.simulator.commands import Command
from orchestrator.simulator.errors import Refusal
from orchestrator.simulator.incoming import read_values
from orchestrator.simulator.login import refresh_token
from orchestrator.simulator.org import Org, real_stamp
from orchestrator.simulator.seeding import resolve, seed

MOST_EFFECTS = 10_000


def _reset(command: Command) -> Any:
    command.org.reset()
    return {"ids": seed(command.org, command.body.get("records") or [])}


def _seed(command: Command) -> Any:
    return {"ids": seed(command.org, command.body.get("records") or [])}


def _see_keys(command: Command) -> Any:
    return {"ids": command.org.keys}


def _see_clock(command: Command) -> Any:
    state = command.org.clock.state()
    frozen = state["frozen_at"] is not None
    mode = "frozen" if frozen else "shifted" if state["offset"] else "real"
    return {"now": clock.written(command.org.clock.now()), "mode": mode}


def _set_clock(command: Command) -> Any:
    ours = command.org.clock
    if command.body.get("real"):
        ours.be_real()
    if "freeze" in command.body:
        text = command.body["freeze"]
        ours.freeze(clock.read(text) if isinstance(text, str) else ours.now())
    if "advance" in command.body:
        ours.advance(float(command.body["advance"]))
    command.org.save_settings(clock=ours.state())
    return _see_clock(command)


def _see_faults(command: Command) -> Any:
    return {"rules": command.org.faults.all()}


def _add_fault(command: Command) -> Any:
    rule = dict(command.body)
    if str(rule.get("code", "")).startswith("TXN_SECURITY_"):
        rule.setdefault("status", command.org.switches["txn_security_status"])
    return asdict(command.org.faults.add(rule))


def _clear_faults(command: Command) -> Any:
    wanted = command.query.get("id")
    command.org.faults.clear(int(wanted) if wanted else None)
    return _see_faults(command)


def _edit(command: Command) -> Any:
    kind, row = command.record()
    context = command.editor()
    given = read_values(
        context, kind, command.body.get("fields") or {}, creating=False, trusted=True
    )
    saving.change(context, kind, saving.living(context, kind, row["Id"]), given)
    return command.org.store.row(kind.name, row["Id"])


def _touch(command: Command) -> Any:
    kind, row = command.record()
    context = command.org.context(user_id=command.org.automation_user)
    given = read_values(
        context, kind, command.body.get("fields") or {}, creating=False, trusted=True
    )
    touched = {**row, **given, "SystemModstamp": context.stamp}
    command.org.store.put(kind.name, row["Id"], touched)
    tracking.record_change(context, kind, row, touched, operation="touch")
    return touched


def _delete(command: Command) -> Any:
    kind, row = command.record()
    saving.delete(command.editor(), kind, row["Id"])
    return command.org.store.row(kind.name, row["Id"])


def _undelete(command: Command) -> Any:
    kind, row = command.record()
    saving.undelete(command.editor(), kind, row["Id"])
    return command.org.store.row(kind.name, row["Id"])


def _purge(command: Command) -> Any:
    kind, row = command.record()
    command.org.store.purge(kind.name, row["Id"])
    return {"purged": row["Id"]}


def _see_switches(command: Command) -> Any:
    return command.org.switches.all()


def _turn_switches(command: Command) -> Any:
    command.org.switches.turn(command.body)
    command.org.save_settings(switches=command.org.switches.all())
    return command.org.switches.all()


def _see_effects(command: Command) -> Any:
    after = int(command.query.get("after", "0"))
    limit = min(int(command.query.get("limit", MOST_EFFECTS)), MOST_EFFECTS)
    effects = command.org.journal.effects(after=after, limit=limit)
    return {"effects": effects, "last": command.org.journal.last_sequence()}


def _expire_sessions(command: Command) -> Any:
    ended = command.org.sessions.close_all()
    command.org.save_settings(sessions={})
    return {"expired": ended}


def _see_stats(command: Command) -> Any:
    limits = command.org.limits
    records = {
        kind.name: sum(1 for _ in command.org.store.rows(kind.name))
        for kind in command.org.schema.types
    }
    return {
        "calls": dict(limits.calls),
        "api_used": limits.used,
        "api_allowed": limits.allowed,
        "records": records,
        "effects": command.org.journal.last_sequence(),
    }


def _clear_stats(command: Command) -> Any:
    command.org.limits.calls.clear()
    return _see_stats(command)


def _set_limits(command: Command) -> Any:
    limits = command.org.limits
    limits.used = int(command.body.get("used", limits.used))
    limits.allowed = int(command.body.get("allowed", limits.allowed))
    return {"used": limits.used, "allowed": limits.allowed}


def _refresh_token(command: Command) -> Any:
    user_id = resolve(command.org, command.text("user"))
    return {"refresh_token": refresh_token(command.org, user_id)}


def _register_key(command: Command) -> Any:
    command.org.jwt_public_key = command.text("public_key")
    command.org.save_settings(jwt_public_key=command.org.jwt_public_key)
    return {"registered": True}


COMMANDS: Mapping[tuple[str, str], Callable[[Command], Any]] = {
    ("POST", "reset"): _reset,
    ("POST", "seed"): _seed,
    ("GET", "keys"): _see_keys,
    ("GET", "clock"): _see_clock,
    ("POST", "clock"): _set_clock,
    ("GET", "faults"): _see_faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "edit"): _edit,
    ("POST", "touch"): _touch,
    ("POST", "delete"): _delete,
    ("POST", "undelete"): _undelete,
    ("POST", "purge"): _purge,
    ("GET", "switches"): _see_switches,
    ("POST", "switches"): _turn_switches,
    ("GET", "permissions"): administration.see_permissions,
    ("POST", "permissions"): administration.give_permissions,
    ("POST", "approval"): administration.approval,
    ("POST", "convert"): administration.convert,
    ("GET", "effects"): _see_effects,
    ("POST", "expire-sessions"): _expire_sessions,
    ("GET", "stats"): _see_stats,
    ("DELETE", "stats"): _clear_stats,
    ("POST", "limits"): _set_limits,
    ("POST", "jwt-key"): _register_key,
    ("POST", "refresh-token"): _refresh_token,
}


async def control(request: Request) -> Response:
    """Do one control command."""
    if not _is_local(request):
        return JSONResponse({"error": "The control surface answers this machine only."}, 403)
    name = request.path_params["name"].rstrip("/")
    command = COMMANDS.get((request.method, name))
    if command is None:
        known = sorted(f"{method} {one}" for method, one in COMMANDS)
        return JSONResponse({"error": f"No such command. There are: {', '.join(known)}."}, 404)
    org: Org = request.app.state.org
    try:
        text = await request.body()
        body = json.loads(text) if text.strip() else {}
        if not isinstance(body, dict):
            raise ValueError("The body must be an object.")  # noqa: TRY004, TRY301 - see below
        result = command(Command(org, body, request.query_params))
        org.store.commit(real_at=real_stamp())
    except Refusal as error:
        org.store.roll_back()
        return JSONResponse({"error": str(error), "errors": error.body()}, 400)
    except (ValueError, TypeError) as error:
        org.store.roll_back()
        return JSONResponse({"error": str(error)}, 400)
    return JSONResponse(result)


def _is_local(request: Request) -> bool:
    if request.client is None:
        return True
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        # Not an address: a test client inside this process.
        return request.client.host == "testclient"


ROUTES: list[BaseRoute] = [
    Route("/__sim__/{name:path}", control, methods=["GET", "POST", "DELETE"])
]

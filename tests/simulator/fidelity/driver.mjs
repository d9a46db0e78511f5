// Runs jsforce against the org at argv[2]: one JSON request a line in, one JSON answer a line out.
// A request is {"do": <name below>, ...arguments}; an answer is {"result": …} or {"error": …}.
import readline from "node:readline";
import jsforce from "jsforce";

const instanceUrl = process.argv[2];
const version = "64.0";
const COMPOSITE = `/services/data/v${version}/composite`;

let conn = new jsforce.Connection({ instanceUrl, version });

const doors = {
  async soapLogin({ username, password }) {
    const fresh = new jsforce.Connection({ loginUrl: instanceUrl, version });
    const user = await fresh.login(username, password);
    conn = fresh;
    return { user, instanceUrl: fresh.instanceUrl };
  },
  async clientCredentials({ clientId, clientSecret }) {
    const fresh = new jsforce.Connection({
      instanceUrl,
      version,
      oauth2: { loginUrl: instanceUrl, clientId, clientSecret },
    });
    const user = await fresh.authorize({ grant_type: "client_credentials" });
    conn = fresh;
    return { user, instanceUrl: fresh.instanceUrl };
  },
  // A session that is not known, and a way to a good one: what jsforce does when a token expires.
  async refresh({ accessToken }) {
    let refreshed = 0;
    const stale = new jsforce.Connection({
      instanceUrl,
      version,
      accessToken: "00Dxx!expired",
      refreshFn: (_connection, done) => {
        refreshed += 1;
        done(null, accessToken);
      },
    });
    const found = await stale.query("SELECT COUNT() FROM User");
    return { refreshed, totalSize: found.totalSize };
  },
  async token() {
    return conn.accessToken;
  },
  async badToken() {
    const stranger = new jsforce.Connection({ instanceUrl, version, accessToken: "00Dxx!wrong" });
    return stranger.query("SELECT Id FROM User");
  },
  async versions() {
    return conn.request("/services/data");
  },
  async describe({ object }) {
    const { name, keyPrefix, custom, createable, fields, childRelationships } =
      await conn.describe(object);
    return { name, keyPrefix, custom, createable, fields, childRelationships };
  },
  async describeGlobal() {
    const { encoding, maxBatchSize, sobjects } = await conn.describeGlobal();
    return { encoding, maxBatchSize, names: sobjects.map((one) => one.name) };
  },
  async create({ object, records, options }) {
    return conn.sobject(object).create(records, options);
  },
  async retrieve({ object, ids, options }) {
    return conn.sobject(object).retrieve(ids, options);
  },
  async update({ object, records, options }) {
    return conn.sobject(object).update(records, options);
  },
  async upsert({ object, records, key, options }) {
    return conn.sobject(object).upsert(records, key, options);
  },
  async destroy({ object, ids, options }) {
    return conn.sobject(object).destroy(ids, options);
  },
  async query({ soql, options }) {
    return conn.query(soql, options);
  },
  async queryMore({ url }) {
    return conn.queryMore(url);
  },
  async queryAll({ soql, batchSize }) {
    const headers = batchSize ? { "Sforce-Query-Options": `batchSize=${batchSize}` } : {};
    return conn.query(soql, { autoFetch: true, maxFetch: 10000, headers });
  },
  // jsforce writes this SOQL itself, from plain values.
  async find({ object, conditions, fields, sort, limit, skip }) {
    let query = conn.sobject(object).find(conditions, fields);
    if (sort) query = query.sort(sort);
    if (limit) query = query.limit(limit);
    if (skip) query = query.skip(skip);
    return { soql: await query.toSOQL(), records: await query.execute() };
  },
  async include({ object, conditions, children, childFields }) {
    return conn
      .sobject(object)
      .find(conditions, ["Id", "Name"])
      .include(children)
      .select(childFields)
      .end()
      .execute();
  },
  async composite({ body }) {
    return conn.requestPost(COMPOSITE, body);
  },
  async batch({ body }) {
    return conn.requestPost(`${COMPOSITE}/batch`, body);
  },
  async tree({ object, body }) {
    return conn.requestPost(`${COMPOSITE}/tree/${object}`, body);
  },
  async graph({ body }) {
    return conn.requestPost(`${COMPOSITE}/graph`, body);
  },
  // jsforce escapes and addresses this itself.
  async search({ sosl }) {
    return conn.search(sosl);
  },
  async limits() {
    return { limits: await conn.limits(), limitInfo: conn.limitInfo };
  },
  async updated({ object, start, end }) {
    return conn.sobject(object).updated(start, end);
  },
  async deleted({ object, start, end }) {
    return conn.sobject(object).deleted(start, end);
  },
};

function plainError(error) {
  const { name, message, errorCode, data, content } = error;
  return { name, message, errorCode, data, content };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { do: name, ...rest } = JSON.parse(line);
  let answer;
  try {
    answer = { result: (await doors[name](rest)) ?? null };
  } catch (error) {
    answer = { error: plainError(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

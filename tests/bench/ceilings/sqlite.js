/** What storing costs on top of the bare hop: every request as a row of its own, and requests in groups. */
import { DurableObject } from "cloudflare:workers";

const answer = (body) => Response.json({ length: body.length }, { status: 201 });

class Storing extends DurableObject {
  constructor(state, env) {
    super(state, env);
    this.sql = state.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS records (idx INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT");
  }
}

/** One statement for each request. */
export class Single extends Storing {
  async fetch(request) {
    const body = await request.text();
    this.sql.exec("INSERT INTO records (body) VALUES (?)", body);
    return answer(body);
  }
}

/** One statement for all requests that arrived until the event loop came round, without any delay. */
export class Grouped extends Storing {
  #waiting = [];

  async fetch(request) {
    const body = await request.text();
    await new Promise((stored, failed) => {
      if (this.#waiting.push({ body, stored, failed }) === 1) setTimeout(() => this.#flush(), 0);
    });
    return answer(body);
  }

  #flush() {
    const group = this.#waiting;
    this.#waiting = [];
    try {
      const bodies = JSON.stringify(group.map(({ body }) => body));
      this.sql.exec("INSERT INTO records (body) SELECT value FROM json_each(?)", bodies);
      for (const { stored } of group) stored();
    } catch (error) {
      for (const { failed } of group) failed(error);
    }
  }
}

export default {
  fetch(request, env) {
    const objects = new URL(request.url).pathname === "/single" ? env.SINGLE : env.GROUPED;
    return objects.getByName("bench").fetch(request);
  },
};

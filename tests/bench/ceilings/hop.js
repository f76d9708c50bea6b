/** The bare way from a Worker to an object and back. Nothing is computed, nothing is stored: nobody can be faster. */
import { DurableObject } from "cloudflare:workers";

export class Hop extends DurableObject {
  async fetch(request) {
    const body = await request.text();
    return Response.json({ length: body.length }, { status: 201 });
  }
}

export default {
  fetch(request, env) {
    return env.OBJECTS.getByName("bench").fetch(request);
  },
};

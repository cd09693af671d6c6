// Hands the runtime's calls to the WebAssembly. Where that traps, by a panic or otherwise, its memory can't be trusted any more: not a
// line of it runs again, whoever waits for it is told so at once, and before the next call it is started anew, with a new Rust half
// for each Durable Object. What is stored stays.
import { DurableObject } from "cloudflare:workers";
import * as wasm from "./bindings.js";

const life = wasm.__worker_init_state();
const waiting = new Set();
let over = false;

// The bindings call it at the very trap, before anything else can run.
life.end = () => {
  over = true;
  for (const giveUp of waiting) giveUp(new Error("The program broke while this was under way."));
  waiting.clear();
};

function revive() {
  if (!over) return;
  over = false;
  wasm.__wbg_reset_state();
}

async function watched(call) {
  revive();
  let giveUp;
  const end = new Promise((_, reject) => waiting.add((giveUp = reject)));
  // Where the call itself throws, nobody races.
  end.catch(() => {});
  try {
    return await Promise.race([call(), end]);
  } finally {
    waiting.delete(giveUp);
  }
}

function lasting(Rust) {
  return class extends DurableObject {
    #half;
    #life;

    #rust() {
      if (this.#life !== life.instanceId) {
        this.#half = new Rust(this.ctx, this.env);
        this.#life = life.instanceId;
      }
      return this.#half;
    }

    // It may have broken between what was written and the alarm that is to follow: the alarm itself sees what is due.
    async #served(call) {
      try {
        return await watched(call);
      } catch (error) {
        await this.ctx.storage.setAlarm(1);
        throw error;
      }
    }

    fetch(request) {
      return this.#served(() => this.#rust().fetch(request));
    }

    // The platform rings again where this fails, later each time.
    alarm(info) {
      return watched(() => this.#rust().alarm(info));
    }

    webSocketMessage(socket, message) {
      return watched(() => this.#rust().webSocketMessage(socket, message));
    }

    webSocketClose(socket, code, reason, wasClean) {
      return watched(() => this.#rust().webSocketClose(socket, code, reason, wasClean));
    }

    webSocketError(socket, error) {
      return watched(() => this.#rust().webSocketError(socket, error));
    }
  };
}

export default {
  async fetch(request, env, ctx) {
    try {
      return await watched(() => wasm.fetch(request, env, ctx));
    } catch (error) {
      console.error(JSON.stringify({ level: "error", event: "broken", why: String(error?.stack ?? error) }));
      revive();
      return wasm.apologise(request.method === "HEAD");
    }
  },
};

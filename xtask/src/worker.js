// Hands the runtime's calls to the WebAssembly. After a Rust panic the WebAssembly's memory can't be trusted any more:
// it is started anew before the next call, and each Durable Object gets a new Rust half. What is stored stays.
import { DurableObject } from "cloudflare:workers";
import * as wasm from "./bindings.js";

const life = wasm.__worker_init_state();

function revive() {
  if (!life.criticalError) return;
  life.criticalError = false;
  wasm.__wbg_reset_state();
}

function note(error) {
  if (error instanceof WebAssembly.RuntimeError) life.criticalError = true;
}

async function watched(call) {
  revive();
  try {
    return await call();
  } catch (error) {
    note(error);
    throw error;
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

    fetch(request) {
      return watched(() => this.#rust().fetch(request));
    }

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

addEventListener("error", (event) => note(event.error));

export default {
  fetch: (request, env, ctx) => watched(() => wasm.fetch(request, env, ctx)),
};

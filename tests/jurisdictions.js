// Jurisdictions as the platform offers them, which the runtime for one's own machine does not: each a set of objects of its own
// (https://developers.cloudflare.com/durable-objects/reference/data-location/). Says which object was asked for, and where.
class DurableObjectNamespace {
  #all;
  #kept;

  constructor(all, kept) {
    this.#all = all;
    this.#kept = kept;
  }

  jurisdiction(name) {
    if (!["eu", "us", "fedramp"].includes(name)) throw new TypeError(`no jurisdiction ${name}`);
    return new DurableObjectNamespace(this.#all, name);
  }

  idFromName(name) {
    const id = this.#all.idFromName(this.#kept ? `${this.#kept} ${name}` : name);
    id.told = `${name} kept to ${this.#kept ?? "nothing"}`;
    return id;
  }

  get(id, options) {
    console.log(`[place] ${id.told} near ${options?.locationHint ?? "nothing"} [end]`);
    return this.#all.get(id, options);
  }
}

const withPlaces = (env) => ({ ...env, CLINICS: new DurableObjectNamespace(env.CLINICS) });

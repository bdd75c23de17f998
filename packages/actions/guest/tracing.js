/**
 * What a program sees of time and chance, so that its run can be told and repeated: each value that it draws is said to
 * the host, in the order of everything else that it does; a run that is repeated gets the values of the first one, and
 * its timers go off when they did then.
 */
const NativeDate = Date;
const { apply, construct } = Reflect;
const { defineProperty } = Object;

/**
 * @param emit says a frame to the host.
 * @param draws values in their order, of a run that is repeated; undefined for one that is told.
 * @param keepAlive is told how many things wait that only the host can set off.
 * @returns `take` for answers of the host, `fire` for its word that something goes off.
 */
export function traceScope({ emit, draws, keepAlive }) {
  const draw = drawing(emit, draws);
  traceClock(draw);
  traceChance(draw);
  const enqueue = oneByOne(emit);
  const later = new Later(enqueue, draws === undefined ? undefined : keepAlive);
  traceTimers(later);
  traceRuntime(later);
  return { take: (id, run) => enqueue({ kind: 'took', id, run }), fire: (id) => later.fire(id) };
}

/**
 * Everything that comes to a program comes one after the other, and what it does about one is done before the next comes:
 * else the order in which the runtime gets to it would decide.
 */
function oneByOne(emit) {
  const waiting = [];
  let isBusy = false;
  const nextTurn = setTimeout;
  const goOn = () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (next.isOff?.()) continue;
      emit({ kind: next.kind, id: next.id });
      nextTurn(goOn, 0);
      next.run();
      return;
    }
    isBusy = false;
  };
  return (delivery) => {
    waiting.push(delivery);
    if (isBusy) return;
    isBusy = true;
    goOn();
  };
}

/** What goes off later, by numbers: timers, and work that the runtime does beside the program. */
class Later {
  #enqueue;
  #keepAlive;
  #waiting = new Map();
  #last = 0;

  constructor(enqueue, keepAlive) {
    this.#enqueue = enqueue;
    this.#keepAlive = keepAlive;
  }

  /** Whether the host says when. */
  get isRepeated() {
    return this.#keepAlive !== undefined;
  }

  /**
   * @param run is called once, or each time.
   * @param ready what must be over before it may run; undefined for what can run at any time.
   */
  add(run, { isLasting = false, ready } = {}) {
    this.#last += 1;
    this.#waiting.set(this.#last, { run, isLasting, ready });
    this.#keepAlive?.(this.#waiting.size);
    return this.#last;
  }

  forget(id) {
    this.#waiting.delete(id);
    this.#keepAlive?.(this.#waiting.size);
  }

  fire(id) {
    const run = () => {
      const waiting = this.#waiting.get(id);
      if (!waiting.isLasting) this.forget(id);
      waiting.run();
    };
    const enqueue = () => this.#enqueue({ kind: 'fired', id, run, isOff: () => !this.#waiting.has(id) });
    const { ready } = this.#waiting.get(id) ?? {};
    if (ready === undefined) enqueue();
    else ready.then(enqueue, enqueue);
  }
}

function drawing(emit, draws) {
  let at = 0;
  return (what, make) => {
    const known = draws?.[at];
    at += 1;
    // A run that goes another way draws something else; the host sees that it does.
    const value = known?.what === what ? known.value : make();
    emit({ kind: 'drew', what, value });
    return value;
  };
}

function traceClock(draw) {
  const now = () => draw('Date.now', () => NativeDate.now());
  function TracedDate(...values) {
    if (new.target === undefined) return new NativeDate(now()).toString();
    return construct(NativeDate, values.length === 0 ? [now()] : values, new.target);
  }
  TracedDate.prototype = NativeDate.prototype;
  defineProperty(NativeDate.prototype, 'constructor', { value: TracedDate, writable: true, configurable: true });
  for (const name of ['parse', 'UTC']) TracedDate[name] = NativeDate[name];
  TracedDate.now = now;
  defineProperty(TracedDate, 'name', { value: 'Date' });
  replace(globalThis, 'Date', TracedDate);
  const nowOfPerformance = performance.now.bind(performance);
  replace(performance, 'now', () => draw('performance.now', nowOfPerformance));
}

function traceChance(draw) {
  const random = Math.random;
  replace(Math, 'random', () => draw('Math.random', random));
  const fill = crypto.getRandomValues.bind(crypto);
  replace(crypto, 'getRandomValues', (array) => {
    // What it refuses, it refuses before anything is drawn.
    const drawn = fill(array);
    const bytes = new Uint8Array(drawn.buffer, drawn.byteOffset, drawn.byteLength);
    const hex = draw('crypto.getRandomValues', () => bytes.toHex());
    if (hex.length === 2 * bytes.length) bytes.set(Uint8Array.fromHex(hex));
    return array;
  });
  const uuid = crypto.randomUUID.bind(crypto);
  replace(crypto, 'randomUUID', () => draw('crypto.randomUUID', uuid));
}

function traceTimers(later) {
  const native = { setTimeout, setInterval, clearTimeout };
  const handles = new Map();
  const begin =
    (name) =>
    (callback, delay, ...values) => {
      const run = () => {
        if (typeof callback === 'function') apply(callback, globalThis, values);
      };
      const id = later.add(run, { isLasting: name === 'setInterval' });
      if (!later.isRepeated)
        handles.set(
          id,
          native[name](() => later.fire(id), delay),
        );
      return id;
    };
  const end = (id) => {
    native.clearTimeout(handles.get(id));
    handles.delete(id);
    later.forget(id);
  };
  const beginTimeout = begin('setTimeout');
  replace(globalThis, 'setTimeout', beginTimeout);
  replace(globalThis, 'setInterval', begin('setInterval'));
  for (const name of ['clearTimeout', 'clearInterval']) replace(globalThis, name, end);
  replace(AbortSignal, 'timeout', (delay) => {
    const controller = new AbortController();
    beginTimeout(() => controller.abort(new DOMException('Signal timed out.', 'TimeoutError')), delay);
    return controller.signal;
  });
}

/** What the runtime does beside the program, in other threads or turns of its own. */
const BESIDE = [
  [() => crypto.subtle, ['decrypt', 'deriveBits', 'deriveKey', 'digest', 'encrypt', 'exportKey', 'generateKey']],
  [() => crypto.subtle, ['importKey', 'sign', 'unwrapKey', 'verify', 'wrapKey']],
  [() => Response.prototype, ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text']],
  [() => Request.prototype, ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text']],
  [() => Blob.prototype, ['arrayBuffer', 'bytes', 'text']],
  [() => WebAssembly, ['compile', 'instantiate']],
];

function traceRuntime(later) {
  for (const [ownerOf, names] of BESIDE) {
    const owner = ownerOf();
    for (const name of names) {
      const work = owner[name];
      replace(owner, name, function (...values) {
        return whenTold(later, apply(work, this, values));
      });
    }
  }
}

/** The same result, when its turn has come. */
function whenTold(later, working) {
  return new Promise((resolve) => {
    const id = later.add(() => resolve(working), { ready: working });
    // A run that is told does it as soon as it is ready; one that is repeated when the host says so.
    if (!later.isRepeated) later.fire(id);
  });
}

function replace(owner, name, value) {
  defineProperty(owner, name, { value, writable: true, configurable: true, enumerable: false });
}

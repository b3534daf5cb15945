/** The API of the server, by relative addresses: the page may stand behind any prefix. */

const SILENCE = 25000; // the server says something every 10 s
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10000;
const HIDDEN = 60000;
const TYPES = ['progress', 'checkpoint', 'evaluation', 'picture', 'promotion', 'status', 'reset', 'alive'];

export async function get(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined));
  const answer = await fetch(`api/${path}?${query}`, { cache: 'no-store', credentials: 'same-origin' });
  if (answer.status === 401) location.reload(); // the server asks for the token
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error ?? `${path}: ${answer.status}`);
  return body;
}

/** All parts of a list. @param go the parameter that takes `next` */
export async function all(path, list, go, parameters = {}) {
  let whole = [];
  let part = null;
  do {
    part = await get(path, { ...parameters, [go]: part?.next });
    whole = whole.concat(part[list]);
  } while (part.next !== null);
  return { ...part, [list]: whole };
}

/**
 * The events of the server, over as many connections as it takes. A connection that breaks, or that says nothing for too long, is made
 * again behind the last event that was heard. States: connecting, live, lost.
 */
export class Live {
  #source = null;
  #last;
  #pause = FIRST_PAUSE;
  #silence = 0;
  #again = 0;
  #hidden = 0;

  /** @param last id behind which events are asked for */
  constructor(last, onEvent, onState) {
    this.#last = last;
    this.onEvent = onEvent;
    this.onState = onState;
    document.addEventListener('visibilitychange', () => this.#visible());
    addEventListener('online', () => this.#open());
    this.#open();
  }

  /** Goes on behind another event, after everything was read again. */
  from(last) {
    this.#last = last;
    this.#open();
  }

  #open() {
    this.#close();
    const source = new EventSource(`api/events?after=${encodeURIComponent(this.#last)}`);
    this.#source = source;
    source.onopen = () => {
      this.#pause = FIRST_PAUSE;
      this.onState('live');
      this.#heard();
    };
    source.onerror = () => this.#lost();
    for (const type of TYPES)
      source.addEventListener(type, event => {
        this.#heard();
        if (event.lastEventId) this.#last = event.lastEventId;
        if (type !== 'alive') this.onEvent(type, JSON.parse(event.data));
      });
    this.#heard();
  }

  #heard() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(), SILENCE);
  }

  #lost() {
    this.#close();
    this.onState('lost', this.#pause);
    get('status').catch(() => {}); // a server that wants another token says so to this alone
    this.#again = setTimeout(() => this.#open(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }

  #close() {
    clearTimeout(this.#silence);
    clearTimeout(this.#again);
    this.#source?.close();
    this.#source = null;
  }

  /** A page that nobody sees gives its connection back, because browsers have few. */
  #visible() {
    clearTimeout(this.#hidden);
    if (document.hidden) this.#hidden = setTimeout(() => this.#close(), HIDDEN);
    else if (this.#source === null) this.#open();
  }
}

/**
 * Building and changing the page by hand. Data reaches it as text and attributes only: there is
 * no way here to parse a string as markup.
 */
export type Child = Node | string | null | false | undefined;

export interface Options {
  readonly class?: string;
  readonly text?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly click?: () => void;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: Options = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (options.class) element.className = options.class;
  if (options.text !== undefined) element.textContent = options.text;
  for (const [key, value] of Object.entries(options.data ?? {})) element.dataset[key] = value;
  for (const [key, value] of Object.entries(options.attributes ?? {})) {
    element.setAttribute(key, value);
  }
  if (options.click) element.addEventListener("click", options.click);
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

export function button(text: string, style: string, click: () => void): HTMLButtonElement {
  const classes = [
    "button",
    ...style
      .split(" ")
      .filter(Boolean)
      .map((one) => `button--${one}`),
  ];
  return make("button", { class: classes.join(" "), text, attributes: { type: "button" }, click });
}

const REST_MS = 3_000;

/** One press is enough; after a refusal it can be pressed again. */
export function rest(pressed: HTMLButtonElement): void {
  pressed.disabled = true;
  setTimeout(() => {
    pressed.disabled = false;
  }, REST_MS);
}

export function icon(name: string): HTMLSpanElement {
  return make("span", { class: `icon icon--${name}`, attributes: { "aria-hidden": "true" } });
}

export function hidden(text: string): HTMLSpanElement {
  return make("span", { class: "visually-hidden", text });
}

/** Writes only what differs, so that focus, selection and live regions stay undisturbed. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setData(element: HTMLElement, key: string, value: string): void {
  if (element.dataset[key] !== value) element.dataset[key] = value;
}

export function setAttribute(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** A list of parts kept by key: made once, changed in place, ended when the key is gone. */
export interface Part<T> {
  readonly element: HTMLElement;
  update(item: T): void;
  end?(): void;
}

export class KeyedList<T, P extends Part<T> = Part<T>> {
  readonly #parent: HTMLElement;
  readonly #parts = new Map<string, P>();
  readonly #key: (item: T) => string;
  readonly #make: (item: T) => P;

  constructor(parent: HTMLElement, key: (item: T) => string, makePart: (item: T) => P) {
    this.#parent = parent;
    this.#key = key;
    this.#make = makePart;
  }

  show(items: readonly T[]): void {
    const wanted = new Set(items.map(this.#key));
    for (const [key, part] of this.#parts) {
      if (!wanted.has(key)) this.#remove(key, part);
    }
    items.forEach((item, index) => {
      const part = this.#part(item);
      part.update(item);
      const there = this.#parent.children[index] ?? null;
      if (there !== part.element) this.#parent.insertBefore(part.element, there);
    });
  }

  parts(): Iterable<P> {
    return this.#parts.values();
  }

  #part(item: T): P {
    const key = this.#key(item);
    const part = this.#parts.get(key) ?? this.#make(item);
    this.#parts.set(key, part);
    return part;
  }

  #remove(key: string, part: P): void {
    this.#parts.delete(key);
    part.end?.();
    part.element.remove();
  }
}

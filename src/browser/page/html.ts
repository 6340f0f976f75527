/** An HTML element with attributes (undefined: left out) and children. Text is text: nothing of it is parsed. */
export function html<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function button(label: string, className: string, onClick: () => void, isDisabled = false): HTMLButtonElement {
  const element = html('button', { type: 'button', class: className }, label);
  element.disabled = isDisabled;
  element.addEventListener('click', onClick);
  return element;
}

/** An element of index.html. @throws Error when it is not there: the page and its code do not fit. */
export function byId<Element extends globalThis.Element>(id: string, type: abstract new () => Element): Element {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${type.name} #${id}`);
  return element;
}

/** Makes an element with these properties and children. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]>,
  ...children: readonly (Element | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  element.append(...children);
  return element;
}

/** The element of index.html with this id. @throws Error when there is none. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no element with the id "${id}".`);
  return element;
}

export function initials(name: string): string {
  return name
    .split(' ')
    .map((part) => part.charAt(0))
    .join('');
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

/** A moment as a chat shows it: the time, and the day where that is not today. Both in epoch milliseconds. */
export function at(moment: number, now: number): string {
  const time = TIME.format(moment);
  return DAY.format(moment) === DAY.format(now) ? time : `${DAY.format(moment)}, ${time}`;
}

/** The day and time, for the clock. */
export function dayAndTime(moment: number): string {
  return `${DAY.format(moment)}, ${TIME.format(moment)}`;
}

// The few lines that stand in for a framework: elements, and lists that keep what has not changed.

/** An element. `on*` listens, `style` sets custom properties, `class` and the rest are attributes; what is undefined or false is left out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'style') for (const [property, set] of Object.entries(value)) element.style.setProperty(property, set)
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== false))
  return element
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

export const byId = (id) => document.getElementById(id)

/** Makes the parent's children those of the list, in its order. What is drawn of a thing is drawn again only when the thing has changed. */
export function list(parent, things, key, draw) {
  const focused = document.activeElement?.dataset?.focus
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]))
  const next = things.map((thing) => {
    const text = JSON.stringify(thing)
    const known = old.get(key(thing))
    if (known?.drawnFrom === text) return known
    const element = draw(thing)
    element.dataset.key = key(thing)
    element.drawnFrom = text
    return element
  })
  for (const [place, element] of next.entries())
    if (parent.children[place] !== element) parent.insertBefore(element, parent.children[place] ?? null)
  for (const child of [...parent.children].slice(next.length)) child.remove()
  if (focused && document.activeElement?.dataset?.focus !== focused)
    document.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus()
}

/** A button that does something at once. `name` says to a screen reader what, and keeps the focus on it when it is drawn again. */
export const button = (label, name, onclick, props = {}) =>
  h('button', { type: 'button', title: name, 'aria-label': name, 'data-focus': name, onclick, ...props }, label)

export const short = (id = '') => id.slice(0, 8)
/** Ids of ours begin with their kind and the time: it is the end that tells them apart. */
export const tail = (id = '') => `…${id.slice(-5)}`
export const clock = (at) => new Date(at).toTimeString().slice(0, 8)
export const seconds = (ms) =>
  ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`

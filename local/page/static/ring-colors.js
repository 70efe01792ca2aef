// A ring has one colour everywhere. The golden angle keeps neighbours apart, however many there are.
const known = new Map()

/** Colours new rings in the order in which they were made. */
export function learn(rings) {
  for (const { id } of [...rings].sort((a, b) => a.created_at.localeCompare(b.created_at))) if (!known.has(id)) known.set(id, known.size)
}

/** Custom properties for whatever belongs to that ring; grey for what belongs to none. */
export function colorOf(ring) {
  const place = known.get(ring)
  return place === undefined
    ? { '--hue': '250', '--chroma': '0' }
    : { '--hue': String(Math.round((215 + place * 137.508) % 360)), '--chroma': '0.13' }
}

const nameOf = new Map()
export const rename = (rings) => {
  for (const { id, name } of rings) nameOf.set(id, name === id ? `ring …${id.slice(-5)}` : name)
}
export const ringName = (id) => nameOf.get(id) ?? (id ? `ring …${id.slice(-5)}` : '')

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeArchitecture } from '../architecture/page.ts'
import { writeCosts } from '../capacity/costs.ts'
import { CONFIGURATIONS } from '../configurations.ts'
import { givenCells } from '../given-cells.ts'
import { summary } from './summary.ts'

// `npm run docs`: what the template of `ringhold.config.ts` is made of, for whoever reviews a change of it.
const cells = givenCells({ plain: CONFIGURATIONS.plain })
for (const [name, text] of Object.entries(summary(cells.template('plain')))) {
  const file = join(import.meta.dirname, `${name}.txt`)
  // Of what holds state no line goes by itself: whoever takes one out means to delete what it names.
  const before = name === 'stateful' && existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  const lines = name === 'stateful' ? [...new Set([...before, ...text.trim().split('\n')])].sort() : undefined
  writeFileSync(file, lines ? `${lines.join('\n')}\n` : text)
}
writeArchitecture(cells.template('plain'))
cells.remove()
writeCosts()

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { IMAGES, readBases } from '../../../cdk/images/bases.ts'
import { FLAVOURS } from '../../../shared/engines/redis/spec.ts'

const engines = readdirSync(IMAGES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
/** Instructions, each on one line, without comments. */
const instructions = (engine: string): string[] =>
  readFileSync(join(IMAGES, engine, 'Dockerfile'), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .trim()
    .split('\n')

it('there is a base for each image that a tenant may choose, and for no other', () => {
  const offered = Object.entries(FLAVOURS).flatMap(([engine, { images }]) =>
    Object.entries<string>(images).map(([version, image]) => ({ engine, version, image })),
  )
  const known = readBases().map(({ engine, version, image }) => ({ engine, version, image }))
  expect(new Set(known.map((each) => JSON.stringify(each)))).toEqual(new Set(offered.map((each) => JSON.stringify(each))))
  expect(known).toHaveLength(offered.length)
  for (const { engine } of known) expect(existsSync(join(IMAGES, engine, 'Dockerfile'))).toBe(true)
})

it('every digest is another, and says when it was seen and where', () => {
  const bases = readBases()
  const digests = bases.flatMap(({ digest }) => digest ?? [])
  expect(new Set(digests).size).toBe(digests.length)
  for (const { seen } of bases) for (const line of seen) expect(line).toMatch(/^\d{4}-\d\d-\d\d: ./)
})

describe.each(engines)('the image of %s', (engine) => {
  const lines = instructions(engine)

  it('has one base, which is named from outside by its digest', () => {
    expect(lines.slice(0, 2)).toEqual(['ARG BASE', `FROM \${BASE}`])
    expect(lines.filter((line) => line.startsWith('FROM'))).toHaveLength(1)
  })

  it('takes nothing from anywhere else: no file, no download, no package', () => {
    expect(lines.filter((line) => /^(ADD|COPY|ONBUILD)\b/.test(line))).toEqual([])
    expect(lines.filter((line) => /https?:|curl|wget|apt-get|apk |pip/.test(line))).toEqual([])
  })

  it('holds no secret, and nothing that stands in for one', () => {
    expect(lines.filter((line) => /^ENV\b|--mount=type=secret|password=|token/i.test(line))).toEqual([])
    expect(lines.filter((line) => line.startsWith('ARG'))).toEqual(['ARG BASE', 'ARG BASE', 'ARG VERSION'])
  })

  it('ends as user 999, and does nothing by itself', () => {
    expect(lines.findLast((line) => line.startsWith('USER'))).toBe('USER 999:999')
    expect(lines.slice(-2)).toEqual(['ENTRYPOINT []', 'CMD ["false"]'])
    expect(lines.filter((line) => /^(EXPOSE|VOLUME|HEALTHCHECK)\b/.test(line))).toEqual([])
  })
})

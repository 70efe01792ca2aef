import { DisplayName, DisplayText, LabelName } from '../../../shared/contract/names.ts'

const problem = (schema: typeof DisplayName, text: string): string => schema.safeParse(text).error?.issues[0]?.message ?? 'fine'

describe('a name', () => {
  it.each([
    'orders',
    'Müller & Söhne, Inc.',
    '株式会社 山田',
    'אבג דה',
    'क्\u200dष',
    'می\u200cخواهم',
    '❤\ufe0f',
    '👩\u200d💻',
    "O'Brien #2",
    '7',
  ])('may be %j', (name) => expect(DisplayName.parse(name)).toBe(name))

  it('is kept in NFC, so that what looks the same is the same', () => {
    expect(DisplayName.parse('Mu\u0308ller')).toBe('M\u00fcller')
    expect(DisplayName.parse('\u212b')).toBe('\u00c5')
  })

  it.each([
    ['a\u0000b', 'holds U+0000, which is a control character or a line break'],
    ['a\nb', 'holds U+000A, which is a control character or a line break'],
    ['a\u0085b', 'holds U+0085, which is a control character or a line break'],
    ['a\u2028b', 'holds U+2028, which is a control character or a line break'],
    ...['\u061c', '\u200e', '\u200f', '\u202a', '\u202e', '\u2066', '\u2069'].map((mark): [string, string] => [
      `a${mark}b`,
      `holds U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}, which changes the direction of the text around it`,
    ]),
    ['a\ud800', 'holds U+D800, which is half a surrogate pair'],
    ['\udc00a', 'holds U+DC00, which is half a surrogate pair'],
    ['a\ue000', 'holds U+E000, which is for private use or not assigned by Unicode'],
    ['a\u{10ffff}', 'holds U+10FFFF, which is for private use or not assigned by Unicode'],
    ['a\u0378', 'holds U+0378, which is for private use or not assigned by Unicode'],
    ['a\ufdd0', 'holds U+FDD0, which is for private use or not assigned by Unicode'],
    ['a\u200bb', 'holds U+200B, which is invisible'],
    ['a\u00adb', 'holds U+00AD, which is invisible'],
    ['a\ufeff', 'holds U+FEFF, which is invisible'],
    ['a\u{e0041}', 'holds U+E0041, which is invisible'],
    ['\u3164', 'holds U+3164, which is invisible'],
    ...[' a', 'a ', '\u3000a', '\u0301a', '\u200da', ' '].map((name): [string, string] => [
      name,
      'begins with a letter, digit or sign, and does not end in white space',
    ]),
    ['', 'takes at least 1 character'],
  ])('is not %j: it %s', (name, why) => expect(problem(DisplayName, name)).toBe(why))

  it('is counted in code points, after it is composed', () => {
    expect(DisplayName.safeParse('😀'.repeat(100)).success).toBe(true)
    expect(DisplayName.safeParse('u\u0308'.repeat(100)).success).toBe(true)
    expect(problem(DisplayName, '😀'.repeat(101))).toBe('takes at most 100 characters')
  })
})

it('a text may be empty, and no longer than it says', () => {
  expect(DisplayText(3).parse('')).toBe('')
  expect(DisplayText(3).parse(' é ')).toBe(' é ')
  expect(problem(DisplayText(1), 'ab')).toBe('takes at most 1 character')
})

describe('a label name', () => {
  it.each(['team', 'a.b/c_d-1', 'größe', 'チーム', '1'])('may be %j', (name) => expect(LabelName.safeParse(name).success).toBe(true))
  it.each(['', 'Team', 'GRÖSSE', '-a', 'a b', 'a\u200b', 'a\u202e', '\u0301', 'a'.repeat(64), 'a\ud800'])('is not %j', (name) =>
    expect(LabelName.safeParse(name).success).toBe(false),
  )
  it('has one spelling', () => expect(LabelName.parse('gro\u0308ße')).toBe('gr\u00f6ße'))
})

/** A member of an archive. `link`: where a symbolic link points to. */
export interface Member {
  path: string
  mode: number
  /** Of user and group; 0 by default. */
  owner?: number
  content?: Buffer
  link?: string
}

const BLOCK = 512
const TYPES = { file: '0', link: '2', directory: '5' } as const

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`

/** Header of https://www.gnu.org/software/tar/manual/html_node/Standard.html, all times 0: the same members give the same bytes. */
function header({ path, mode, owner = 0, content, link = '' }: Member): Buffer {
  const type = content ? 'file' : link ? 'link' : 'directory'
  const fields: [offset: number, text: string][] = [
    [0, path],
    [100, octal(mode, 8)],
    [108, octal(owner, 8)],
    [116, octal(owner, 8)],
    [124, octal(content?.length ?? 0, 12)],
    [136, octal(0, 12)],
    [148, ' '.repeat(8)],
    [156, TYPES[type]],
    [157, link],
    [257, 'ustar\x0000'],
  ]
  for (const name of [path, link]) if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long for an archive`)
  const block = Buffer.alloc(BLOCK)
  for (const [offset, text] of fields) block.write(text, offset)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

const padded = (content: Buffer): Buffer => Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)])

/** An uncompressed archive, in the order given. @throws for a path of more than 100 bytes */
export function tar(members: Member[]): Buffer {
  const blocks = members.flatMap((member) => [header(member), padded(member.content ?? Buffer.alloc(0))])
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])
}

import { XMLBuilder, XMLParser } from 'fast-xml-parser'

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: false })

/** Text and numbers are elements' content; a list repeats its element; nothing stands for what is undefined. */
export interface XmlElement {
  [name: string]: XmlValue
}
export type XmlValue = string | number | boolean | XmlElement | XmlElement[] | string[] | undefined

/** A whole document; `<` and `&` in texts are escaped. */
export function xmlDocument(root: string, namespace: string | undefined, content: XmlElement): string {
  const element = namespace ? { '@xmlns': namespace, ...content } : content
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: element })}`
}

/**
 * Every value stays text: an id or a TTL is for a schema to judge.
 * @param lists names of the elements that are lists, even with one entry or none.
 */
export function parseXml(text: string, lists: readonly string[]): unknown {
  const parser = new XMLParser({
    ignoreAttributes: true,
    ignoreDeclaration: true,
    parseTagValue: false,
    isArray: (name) => lists.includes(name),
  })
  return parser.parse(text)
}

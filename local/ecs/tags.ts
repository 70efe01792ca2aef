import * as z from 'zod'

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html */
export const Tag = z.strictObject({ key: z.string().min(1).max(128), value: z.string().max(256).optional() })
export const Tags = z.array(Tag).max(50)
export type Tag = z.infer<typeof Tag>

/** The tags of a resource after some were set: a key has one value. */
export function mergeTags(before: Tag[], set: Tag[]): Tag[] {
  return [...new Map([...before, ...set].map((tag) => [tag.key, tag])).values()]
}

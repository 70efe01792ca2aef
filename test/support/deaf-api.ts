import { deps as policy } from '../../local/webhook-policy.ts'

/** What the function `api` is given to lose the hint that it starts work with. */
export const deps = { ...policy, startWork: async (): Promise<void> => undefined }

import { describe, expect, it } from '@jest/globals'
import { deployPage, withCosts } from './costs.ts'

describe('docs/deploy.md', () => {
  it('says what the configuration costs (npm run docs writes it)', () => {
    const page = deployPage()
    expect(page).toContain('| 100 rings')
    expect(withCosts(page)).toBe(page)
  })
})

import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Context, evaluator } from '../../../local/iam/evaluate.ts'
import type { Statement } from '../../../local/template/roles.ts'

const statement = (over: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action: ['dynamodb:GetItem'],
  Resource: ['arn:aws:dynamodb:us-east-1:1:table/cell'],
  Condition: {},
  ...over,
})
const asked = { action: 'dynamodb:GetItem', resource: 'arn:aws:dynamodb:us-east-1:1:table/cell' }
const decide = (statements: Statement[], request: object = {}, caller: Context = {}) =>
  evaluator(statements)({ ...asked, ...request }, caller)
const under = (Condition: Statement['Condition'], context: Context = {}, caller: Context = {}) =>
  decide([statement({ Condition })], { context }, caller)

describe('a decision', () => {
  it('is no unless a statement says yes', () => {
    expect(decide([])).toBe('not allowed')
    expect(decide([statement()])).toBe('allowed')
    expect(decide([statement()], { action: 'dynamodb:PutItem' })).toBe('not allowed')
    expect(decide([statement()], { resource: `${asked.resource}/index/due` })).toBe('not allowed')
  })

  it('is no where one statement forbids, whatever others allow and in whatever order', () => {
    const deny = statement({ Effect: 'Deny', Action: ['*'], Resource: ['*'] })
    expect(decide([statement(), deny])).toBe('forbidden')
    expect(decide([deny, statement()])).toBe('forbidden')
    expect(decide([{ ...deny, Condition: { StringEquals: { a: ['b'] } } }, statement()])).toBe('allowed')
  })

  it.each([
    ['dynamodb:*', 'dynamodb:GetItem', true],
    ['DYNAMODB:getitem', 'dynamodb:GetItem', true],
    ['dynamodb:Get????', 'dynamodb:GetItem', true],
    ['dynamodb:Get???', 'dynamodb:GetItem', false],
    ['dynamodb.GetItem', 'dynamodb:GetItem', false],
  ])('matches the action %s with %s: %s', (Action, action, matches) => {
    expect(decide([statement({ Action: [Action] })], { action }) === 'allowed').toBe(matches)
  })

  it('needs every condition of a statement, and any of the values of one', () => {
    const Condition = { StringEquals: { a: ['x', 'y'], b: ['z'] } }
    expect(under(Condition, { a: ['y'], b: ['z'] })).toBe('allowed')
    expect(under(Condition, { a: ['y'], b: ['y'] })).toBe('not allowed')
    expect(under(Condition, { a: ['y'] })).toBe('not allowed')
  })

  it.each<[string, string, Context, boolean]>([
    ['StringEquals', 'T#a', { k: ['T#a'] }, true],
    ['StringEquals', 'T#*', { k: ['T#a'] }, false],
    ['StringLike', 'T#*', { k: ['T#a'] }, true],
    ['StringLike', 'T#*', {}, false],
    ['ArnEquals', 'arn:aws:ecs:*:1:cluster/c', { k: ['arn:aws:ecs:eu-west-1:1:cluster/c'] }, true],
    ['ArnLike', 'arn:aws:ecs:*:cluster/c', { k: ['arn:aws:ecs:eu-west-1:1:cluster/c'] }, false],
    ['ForAllValues:StringEquals', 'a', { k: ['a', 'a'] }, true],
    ['ForAllValues:StringEquals', 'a', { k: ['a', 'b'] }, false],
    ['ForAllValues:StringEquals', 'a', {}, true],
    ['ForAnyValue:StringEquals', 'a', { k: ['b', 'a'] }, true],
    ['ForAnyValue:StringEquals', 'a', {}, false],
    ['Null', 'false', { k: ['a'] }, true],
    ['Null', 'false', {}, false],
    ['Null', 'true', {}, true],
  ])('%s %s of %j holds: %s', (operator, wanted, context, holds) => {
    expect(under({ [operator]: { k: [wanted] } }, context) === 'allowed').toBe(holds)
  })

  it.each([
    ['StringNotEquals', { k: ['a'] }],
    ['StringEqualsIfExists', { k: ['a'] }],
    ['ForSomeValues:StringEquals', { k: ['a'] }],
    ['constructor', { k: ['a'] }],
  ])('refuses the operator %s by its name', (name, keys) => {
    expect(() => evaluator([statement({ Condition: { [name]: keys } })])).toThrow(`does not know the condition operator ${name}`)
  })

  it('refuses a Null that is neither, and an escape that it would misread', () => {
    expect(() => evaluator([statement({ Condition: { Null: { k: ['maybe'] } } })])).toThrow('Null k is true or false')
    expect(() => evaluator([statement({ Condition: { StringLike: { k: [`a\${*}`] } } })])).toThrow(`does not know the escape \${*}`)
  })
})

describe('a variable in a policy', () => {
  const own = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`T#\${aws:PrincipalTag/tenant}`] } }
  const tagged = (tenant: string): Context => ({ 'aws:PrincipalTag/tenant': [tenant] })
  const partitions = (...values: string[]): Context => ({ 'dynamodb:LeadingKeys': values })

  it('stands for what the caller’s session says, and for nothing when it says nothing', () => {
    expect(under(own, partitions('T#a'), tagged('a'))).toBe('allowed')
    expect(under(own, partitions('T#b'), tagged('a'))).toBe('not allowed')
    expect(under(own, partitions('T#a', 'T#b'), tagged('a'))).toBe('not allowed')
    expect(under(own, partitions('T#'))).toBe('not allowed')
  })

  it('cannot be set by the call that it judges', () => {
    expect(under(own, { ...partitions('T#b'), ...tagged('b') }, tagged('a'))).toBe('not allowed')
  })

  it('is text, even where patterns are taken and it looks like one', () => {
    const like = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['KEY#*', `T#\${aws:PrincipalTag/tenant}`] } }
    expect(under(like, partitions('T#b'), tagged('*'))).toBe('not allowed')
    expect(under(like, partitions('T#b'), tagged('?'))).toBe('not allowed')
    expect(under(like, partitions('KEY#1', 'T#a'), tagged('a'))).toBe('allowed')
  })

  it('lets a tenant to its own partition only, whatever two tenants are called', () => {
    const name = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abT#*?.^$|(){}[]\\:/_'.split('')) })
    const fence = evaluator([statement({ Condition: { ...own, Null: { 'dynamodb:LeadingKeys': ['false'] } } })])
    fc.assert(
      fc.property(fc.array(name, { maxLength: 4 }), name, (others, tenant) => {
        const decision = fence({ ...asked, context: partitions(...others.map((other) => `T#${other}`)) }, tagged(tenant))
        expect(decision).toBe(others.length > 0 && others.every((other) => other === tenant) ? 'allowed' : 'not allowed')
      }),
    )
  })
})

describe('a pattern', () => {
  it('matches what it was made from, and never less than the text around its stars', () => {
    const text = fc.string({ maxLength: 10, unit: fc.constantFrom(...`aB*?.+^\${}()|[]\\:/-`.split('')) })
    fc.assert(
      fc.property(text, text, text, (before, between, after) => {
        fc.pre(!/\$\{/.test(before + after))
        const pattern = statement({ Resource: [`${before}*${after}`] })
        expect(decide([pattern], { resource: `${before}${between}${after}` })).toBe('allowed')
      }),
    )
  })
})

import { departuresOf } from './expected.ts'

const resource = (LogicalResourceId: string, PhysicalResourceId: string) => ({
  ...{ LogicalResourceId, PhysicalResourceId, ResourceType: 'AWS::SQS::Queue', ResourceStatus: 'CREATE_COMPLETE' },
})
const departs = departuresOf([resource('Q', 'http://127.0.0.1/1/queue.a'), resource('F', 'fn-b')], '1', 'us-east-1')

describe('holding an answer against a template', () => {
  it('takes what is more, and numbers as texts', () => {
    expect(departs({ A: { B: 5, C: true } }, { A: { B: '5', C: 'true', D: 1 }, E: 2 })).toEqual([])
  })

  it('names what is missing or other by its path', () => {
    expect(departs({ A: [{ B: 1 }, { B: 2 }] }, { A: [{ B: 1 }, {}] })).toEqual(['A.1.B: undefined in place of 2'])
    expect(departs({ A: ['x'] }, {})).toEqual(['A: undefined in place of ["x"]'])
  })

  it('takes texts of a list in any order, and other lists in theirs', () => {
    expect(departs({ A: ['x', 'y'] }, { A: ['y', 'x'] })).toEqual([])
    expect(departs({ A: [{ N: 1 }, { N: 2 }] }, { A: [{ N: 2 }, { N: 1 }] })).toHaveLength(2)
  })

  it('takes a name or ARN of the resource that is referred to, and of no other', () => {
    const wanted = { Arn: { 'Fn::GetAtt': ['Q', 'Arn'] } }
    expect(departs(wanted, { Arn: 'arn:aws:sqs:us-east-1:1:queue.a' })).toEqual([])
    expect(departs(wanted, { Arn: 'arn:aws:sqs:us-east-1:1:queueXa' })).toHaveLength(1)
    expect(departs(wanted, { Arn: 'arn:aws:lambda:us-east-1:1:function:fn-b' })).toHaveLength(1)
  })

  it('reads joined texts with references in them', () => {
    const wanted = { Text: { 'Fn::Join': ['', ['{"fn":"', { 'Fn::GetAtt': ['F', 'Arn'] }, '","in":"', { Ref: 'AWS::Region' }, '"}']] } }
    expect(departs(wanted, { Text: '{"fn":"arn:aws:lambda:fn-b","in":"us-east-1"}' })).toEqual([])
    expect(departs(wanted, { Text: '{"fn":"arn:aws:lambda:fn-c","in":"us-east-1"}' })).toHaveLength(1)
  })

  it('refuses a reference to what was not deployed', () => {
    expect(() => departs({ A: { Ref: 'Nobody' } }, { A: 'x' })).toThrow('Nobody was not deployed')
  })
})

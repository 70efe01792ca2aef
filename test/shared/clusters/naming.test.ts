import * as naming from '../../../shared/clusters/naming.ts'
import { executionName } from '../../../shared/clusters/wake.ts'
import { idMaker } from '../../../shared/platform/ids.ts'

const newId = idMaker(Date.now)
const cell = 'cell-of-twenty-chars'
const cluster = newId('cluster')

/** What each service takes for a name; the cell's own part is as long as a cell may be called. */
test.each([
  ['task definition family', naming.taskFamily(cell, cluster), /^[\w-]{1,255}$/],
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html: not `sg-`, which no cell begins with.
  ['security group', naming.securityGroupName(cell, cluster), /^(?!sg-)[\w .\-:/()#,@[\]+=&;{}!$*]{1,255}$/],
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
  ['parameter', naming.credentialsParameter(cell, cluster), /^(?!\/?(aws|ssm))(\/[\w.-]+){1,15}$/i],
  // RFC 1035, 2.3.4: a label has at most 63 characters, of letters, digits and dashes.
  ['DNS name', naming.dnsName(`${cell}.ringhold.internal`, cluster), /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+internal$/],
  ['startedBy', naming.startedBy(newId('tenant'), cluster), /^[\w/-]{1,128}$/],
  ['execution', executionName({ id: cluster, generation: 999_999, wake: 999_999_999 }), /^[\w.-]{1,80}$/],
])('a %s of the longest cell is one that AWS takes', (_, name, pattern) => {
  expect(name).toMatch(pattern)
})

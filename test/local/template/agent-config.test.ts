import { describe, expect, it } from '@jest/globals'
import { readAgentConfig } from '../../../local/template/agent-config.ts'

const SCRIPT = `#!/bin/bash
token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
address=$(curl -sf -H "X-aws-ec2-metadata-token: $token" http://169.254.169.254/latest/meta-data/local-ipv4)
cat >>/etc/ecs/ecs.config <<CONFIG
ECS_CLUSTER=$RINGHOLD_CLUSTER
ECS_ENABLE_CONTAINER_METADATA=true
ECS_INSTANCE_ATTRIBUTES={"ringhold.address":"$address","disk":"large"}
CONFIG
`

describe("the agent's configuration in user data", () => {
  it('says what hosts register, and whether containers get the metadata file', () => {
    expect(readAgentConfig(SCRIPT)).toEqual({
      containerMetadata: true,
      attributes: [
        { name: 'ringhold.address', value: { imds: 'local-ipv4' } },
        { name: 'disk', value: 'large' },
      ],
    })
  })

  it('is that of the agent where nothing is set', () => {
    expect(readAgentConfig('#!/bin/bash\n# ECS_ENABLE_CONTAINER_METADATA=true\n')).toEqual({ containerMetadata: false, attributes: [] })
  })

  it('is refused where only the script knows what an attribute is', () => {
    expect(() => readAgentConfig(SCRIPT.replace('local-ipv4', 'public-ipv4'))).toThrow(/\$address.*ringhold\.address/)
  })
})

import { join } from 'node:path'
import * as z from 'zod'
import { type DurableMap, durableMap } from '../store/durable-map.ts'
import { HostRecord, InstanceRecord, TaskRecord } from './records.ts'
import { TaskDefinition } from './task-definition.ts'

/** All that the model remembers; every change is on disk before its effect. */
export interface Store {
  tasks: DurableMap<TaskRecord>
  hosts: DurableMap<HostRecord>
  /** Machines that were terminated lately. */
  terminated: DurableMap<InstanceRecord>
  definitions: DurableMap<TaskDefinition>
  /** The last revision of each family: a number is never used twice, also after a delete. */
  families: DurableMap<number>
  /** `cursor`: the next address in the block. */
  network: DurableMap<number>
}

/** @throws where a file is damaged or not what this version writes */
export function openStore(dataDir: string): Store {
  const file = (name: string): string => join(dataDir, `${name}.jsonl`)
  return {
    tasks: durableMap(file('tasks'), TaskRecord),
    hosts: durableMap(file('hosts'), HostRecord),
    terminated: durableMap(file('terminated-instances'), InstanceRecord),
    definitions: durableMap(file('task-definitions'), TaskDefinition),
    families: durableMap(file('families'), z.int()),
    network: durableMap(file('network'), z.int()),
  }
}

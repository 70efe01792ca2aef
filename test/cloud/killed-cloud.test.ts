import { SURVIVED, surviveKill } from '../crash/clouds.ts'

/** Milliseconds after the POST: launching, starting, forming, telling. */
const MOMENTS = [50, 350, 900, 2_000]

test.each(MOMENTS)(
  'the whole cloud killed %i ms into a create, and started on its data, ends ready, can be deleted, and leaves nothing',
  async (afterMs) => {
    expect(await surviveKill({ during: 'create', afterMs })).toMatchObject({ ended: SURVIVED })
  },
  300_000,
)

import { rm } from 'node:fs/promises'

/** The data of the run goes with it. */
export default async function teardown(): Promise<void> {
  const data = process.env.CHENGQIAO_E2E_DATA
  if (data) await rm(data, { recursive: true, force: true })
}

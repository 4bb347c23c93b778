// Empties dist but for .gitkeep, which Go's embed needs in a fresh clone.
import { mkdir, readdir, rm } from 'node:fs/promises'

const dist = new URL('../dist/', import.meta.url)
await mkdir(dist, { recursive: true })
for (const name of await readdir(dist)) {
  if (name !== '.gitkeep') await rm(new URL(name, dist), { recursive: true })
}

import { expect, it } from 'vitest'
import { nextTick, ref } from 'vue'
import { useEdited } from './useEdited'

interface Terms {
  version: number
  name: string
}

function edit() {
  const read = ref<Terms>()
  return { read, ...useEdited(read, ({ name }) => ({ name }), { name: '' }) }
}

it('follows what is read until something is written', async () => {
  const { read, form, overtaken } = edit()
  read.value = { version: 1, name: '甲' }
  await nextTick()
  expect(form.value.name).toBe('甲')
  read.value = { version: 2, name: '乙' }
  await nextTick()
  expect([form.value.name, overtaken.value]).toEqual(['乙', false])
})

it('keeps what is written, upon the version it was begun with', async () => {
  const { read, form, begun, overtaken, reload } = edit()
  read.value = { version: 1, name: '甲' }
  await nextTick()
  form.value.name = '甲的修改'
  read.value = { version: 2, name: '乙' }
  await nextTick()
  expect([form.value.name, begun.value?.version, overtaken.value]).toEqual(['甲的修改', 1, true])
  reload()
  expect([form.value.name, begun.value?.version, overtaken.value]).toEqual(['乙', 2, false])
})

it('keeps what is written while the rest is being stored', async () => {
  const { read, form, begun, changed, stored } = edit()
  read.value = { version: 1, name: '甲' }
  await nextTick()
  form.value.name = '一'
  const sent = JSON.stringify(form.value)
  form.value.name = '一二'
  stored({ version: 2, name: '一' }, sent)
  read.value = { version: 2, name: '一' }
  await nextTick()
  expect([form.value.name, begun.value?.version, changed()]).toEqual(['一二', 2, true])
})

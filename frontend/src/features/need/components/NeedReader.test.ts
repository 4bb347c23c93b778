import { flushPromises, mount } from '@vue/test-utils'
import { ref } from 'vue'
import { expect, it, vi } from 'vitest'
import { i18n } from '@/i18n'
import { needToForm, type NeedForm } from '../queries/needForm'
import type { NeedReading } from '../queries/needReading'
import NeedReader from './NeedReader.vue'

const reading: NeedReading = {
  content: { title: { zh: '高盐废水零排放' }, budget_max: { amount: '800000.00', currency: 'CNY' }, end_on: '2027-02-23' },
  sources: [
    { path: 'title', passages: [{ start: 0, end: 7, quote: '高盐废水零排放' }] },
    { path: 'budget_max', passages: [{ start: 10, end: 14, quote: '80万元' }] },
    { path: 'end_on', passages: [{ start: 15, end: 19, quote: '三个月内' }], counted_from: '2026-11-23' },
  ],
  left_out: [{ kind: 'telephone', passage: { start: 20, end: 31, quote: '13900000000' } }],
}
const read = vi.fn(() => Promise.resolve(reading))
vi.mock('../queries/needReading', async (original) => ({ ...(await original<object>()), useNeedReading: () => ({ mutateAsync: read, isPending: ref(false), error: ref(null) }) }))
vi.mock('@/features/taxonomy/useTaxonomies', () => ({ useTaxonomies: () => ({ name: (_: string, code: string) => code }) }))

async function readInto(form: NeedForm) {
  const reader = mount(NeedReader, {
    props: { modelValue: form, 'onUpdate:modelValue': (modelValue: NeedForm) => reader.setProps({ modelValue }) },
    global: { plugins: [i18n] },
    attachTo: document.body,
  })
  const press = async (label: RegExp) => {
    await reader.findAll('button').find((each) => label.test(each.text()))?.trigger('click')
    await flushPromises()
  }
  await press(/粘贴需求全文/)
  await reader.get('textarea').setValue('高盐废水零排放 预算80万元 三个月内 13900000000')
  await press(/读取内容/)
  return { reader, press }
}

it('shows what was read, from where, and what was left out, and fills in what is chosen', async () => {
  const { reader, press } = await readInto(needToForm({}))
  expect(read).toHaveBeenCalledWith('高盐废水零排放 预算80万元 三个月内 13900000000')
  expect(reader.text()).toContain('读到 3 项')
  expect(reader.text()).toContain('原文：80万元')
  expect(reader.text()).toContain('从 2026年11月23日 起算')
  expect(reader.text()).toContain('13900000000（电话）')
  await reader.get('input[value="end_on"]').setValue(false)
  await press(/填入所选 2 项/)
  expect(reader.props('modelValue')).toMatchObject({ title: { zh: '高盐废水零排放' }, budget_max: '800000.00', end_on: '' })
  expect(reader.get('[role="status"]').text()).toContain('已填入 2 项')
  expect(document.activeElement).toBe(reader.get('[role="status"]').element)
  reader.unmount()
})

it('replaces nothing that was typed unless that is chosen', async () => {
  const { reader, press } = await readInto(needToForm({ title: { zh: '我的题目' } }))
  expect(reader.get<HTMLInputElement>('input[value="title"]').element.checked).toBe(false)
  expect(reader.text()).toContain('选中后会替换')
  await press(/填入所选 2 项/)
  expect(reader.props('modelValue').title.zh).toBe('我的题目')
  reader.unmount()
})

it('reads at once what it begins with', async () => {
  const reader = mount(NeedReader, { props: { modelValue: needToForm({}), begun: '高盐废水零排放' }, global: { plugins: [i18n] } })
  await flushPromises()
  expect(read).toHaveBeenLastCalledWith('高盐废水零排放')
  expect(reader.text()).toContain('读到 3 项')
  reader.unmount()
})

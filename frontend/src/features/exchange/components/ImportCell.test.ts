import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { i18n } from '@/i18n'
import ImportCell from './ImportCell.vue'

function cell(value: string) {
  return mount(ImportCell, {
    props: { label: '简介', value, faults: [], hints: [] },
    global: { plugins: [i18n, [VueQueryPlugin, { queryClient: new QueryClient({ defaultOptions: { queries: { enabled: false } } }) }]] },
  })
}

/** Types without leaving the field. */
async function type(wrapper: ReturnType<typeof cell>, text: string): Promise<void> {
  wrapper.get('input').element.value = text
  await wrapper.get('input').trigger('input')
}

it('is the same field however much is typed into it', async () => {
  const wrapper = cell('短')
  const field = wrapper.get('input').element
  await type(wrapper, '长'.repeat(120))
  expect(wrapper.get('input').element).toBe(field)
  expect(cell('长'.repeat(120)).find('textarea').exists()).toBe(true)
})

it('takes what comes back, but not from who has gone on typing', async () => {
  const wrapper = cell('旧')
  await type(wrapper, '新')
  await wrapper.get('input').trigger('change')
  expect(wrapper.emitted('change')).toContainEqual(['新'])
  await type(wrapper, '新的')
  await wrapper.setProps({ value: '新' })
  expect(wrapper.get('input').element.value).toBe('新的')
  await wrapper.get('input').trigger('change')
  await wrapper.setProps({ value: '新的（已规范）' })
  expect(wrapper.get('input').element.value).toBe('新的（已规范）')
})

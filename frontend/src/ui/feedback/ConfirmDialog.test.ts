import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { Problem } from '@/api/problem'
import { i18n } from '@/i18n'
import ConfirmDialog from './ConfirmDialog.vue'

async function ask() {
  const wrapper = mount(ConfirmDialog, {
    props: { modelValue: true, title: '撤下', confirmLabel: '撤下', askReason: true, 'onUpdate:modelValue': (open: boolean) => wrapper.setProps({ modelValue: open }) },
    global: { plugins: [i18n], stubs: { RouterLink: true }, mocks: { $route: { path: '/', fullPath: '/' } } },
  })
  await flushPromises()
  return wrapper
}

it('stays with the reason where the step fails, and says why', async () => {
  const wrapper = await ask()
  await wrapper.get('textarea').setValue('样品已经售完')
  await wrapper.get('form').trigger('submit')
  expect(wrapper.emitted('confirm')).toEqual([['样品已经售完']])
  await wrapper.setProps({ failure: new Problem({ code: 'offline', status: 0 }) })
  expect(wrapper.get('[role=alert]').text()).toContain('连不上服务器')
  expect([wrapper.props('modelValue'), wrapper.get('textarea').element.value]).toEqual([true, '样品已经售完'])
})

it('is closed by a press beside it, not by marking text beyond its edge', async () => {
  const wrapper = await ask()
  await wrapper.get('textarea').trigger('pointerdown')
  await wrapper.get('dialog').trigger('click') // where the pointer is let go of beside it
  expect(wrapper.props('modelValue')).toBe(true)
  await wrapper.get('dialog').trigger('pointerdown')
  await wrapper.get('dialog').trigger('click')
  expect(wrapper.props('modelValue')).toBe(false)
})

it('leaves the keyboard at the start of the page where what opened it is gone', async () => {
  document.body.innerHTML = '<main tabindex="-1"></main>'
  const wrapper = await ask()
  await wrapper.get('dialog').trigger('close')
  expect(document.activeElement?.tagName).toBe('MAIN')
})

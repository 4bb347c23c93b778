import { computed, ref, shallowRef, watch, type Ref } from 'vue'

/**
 * A form over what others change too. It follows what is read until something is written in it. From then on it stays as
 * it is written, upon the version it was begun with, so that nothing of theirs is overwritten and nothing written here
 * is lost; `overtaken` tells that there is a newer version.
 */
export function useEdited<Read extends { version: number }, Form extends object>(read: Ref<Read | undefined>, toForm: (of: Read) => Form, empty: Form) {
  const form = ref(empty) as Ref<Form>
  const begun = shallowRef<Read>()
  let before = JSON.stringify(empty)

  const changed = () => JSON.stringify(form.value) !== before
  const overtaken = computed(() => begun.value !== undefined && read.value !== undefined && read.value.version > begun.value.version)

  /** Has nothing to be written yet in a form that says this. */
  function begin(from: Form): void {
    form.value = from
    before = JSON.stringify(from)
  }
  /** Leaves what is written for what was read last. */
  function reload(): void {
    if (!read.value) return
    begun.value = read.value
    begin(toForm(read.value))
  }
  /** What was sent has been stored; what was written in the meantime stays. */
  function stored(now: Read, sent: string): void {
    const upToDate = JSON.stringify(form.value) === sent
    begun.value = now
    before = JSON.stringify(toForm(now))
    if (upToDate) form.value = toForm(now)
  }

  watch(read, (now) => now && (!begun.value || (overtaken.value && !changed())) && reload(), { immediate: true })
  return { form, begun, changed, overtaken, begin, reload, stored }
}

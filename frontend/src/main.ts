import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import { queryClient } from '@/api/queryClient'
import { taxonomiesQuery } from '@/features/taxonomy/useTaxonomies'
import { i18n, preferredLocale, setLocale } from '@/i18n'
import { router } from '@/router'
import '@/styles/main.css'
import App from './App.vue'

async function start(): Promise<void> {
  void queryClient.prefetchQuery(taxonomiesQuery)
  await setLocale(preferredLocale(), false)
  createApp(App).use(i18n).use(router).use(VueQueryPlugin, { queryClient }).mount('#app')
}

void start()

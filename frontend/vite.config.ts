import { fileURLToPath, URL } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

/** Where the Go program listens while the web app is served by Vite. */
const api = process.env.CHENGQIAO_API ?? 'http://127.0.0.1:8080'

/** The policy the Go program sends; `vite preview` sends it too, so that a breach shows early. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

export default defineConfig({
  plugins: [vue(), tailwindcss()],
  define: {
    __VUE_OPTIONS_API__: 'true', // Element Plus has components written with it
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    port: 5173,
    fs: { allow: ['..'] }, // config/messages and config/legal are shared with the server
    proxy: { '/api': { target: api, changeOrigin: false } },
  },
  preview: {
    port: 4173,
    headers: { 'Content-Security-Policy': contentSecurityPolicy },
    proxy: { '/api': { target: api, changeOrigin: false } },
  },
  build: {
    target: 'es2022',
    emptyOutDir: false, // dist/.gitkeep stays, so that Go builds in a fresh clone; prebuild clears the rest
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vue', test: /node_modules[\\/](@vue|vue|vue-router|vue-i18n|@intlify|@tanstack)[\\/]/ },
            { name: 'element', test: /node_modules[\\/](element-plus|@element-plus|@floating-ui|lodash|@vueuse|dayjs)/ },
            // What many pages have, as one file: on a slow line each of fifty small ones costs more than its size.
            { name: 'shared', test: /[\\/]src[\\/](api|ui[\\/](?!element|form)|features[\\/](account|listing|search|compare|taxonomy)[\\/])/, minShareCount: 4 },
          ],
        },
      },
    },
  },
})

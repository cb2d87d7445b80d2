import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import react from '@vitejs/plugin-react'
import tailwindcss from '@tailwindcss/vite'
import { documents } from './scripts/documents-plugin.ts'
import { messages } from './scripts/messages-plugin.ts'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Where a running server is, for `npm run dev`. */
const server = process.env.CARDAMOM_SERVER ?? 'http://127.0.0.1:8080'

/** In development the server's HTML shell is not there: three small pages stand in for it. */
function devPages(): Plugin {
  return {
    name: 'cardamom-dev-pages',
    configureServer(vite) {
      vite.middlewares.use((request, _response, next) => {
        const wantsPage = request.headers.accept?.includes('text/html') && request.method === 'GET'
        if (wantsPage && request.url) {
          const path = request.url.split('?')[0] ?? '/'
          const api = path.startsWith('/log/') || path.startsWith('/receipts/') || path.startsWith('/files/')
          if (path === '/graphql') request.url = '/dev/graphiql.html'
          else if (path === '/console' || path.startsWith('/console/')) request.url = '/dev/console.html'
          else if (!api && !path.startsWith('/dev/')) request.url = '/dev/storefront.html'
        }
        next()
      })
    },
  }
}

export default defineConfig({
  plugins: [react(), tailwindcss(), documents(), messages(), devPages()],
  cacheDir: '.vite',
  resolve: { alias: { '@': source('./src') } },
  build: {
    outDir: 'dist',
    manifest: 'manifest.json',
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4096,
    rollupOptions: {
      onLog: (level, log, handle) => {
        // A hint to React's compiler, which has done its work on that library already.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log)
      },
      input: {
        storefront: source('./src/storefront/main.tsx'),
        console: source('./src/console/main.tsx'),
        graphiql: source('./src/graphiql/main.tsx'),
      },
    },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/graphql', '/schema.graphql', '/imports', '/uploads', '/files', '/log', '/receipts'].map((path) => [
        path,
        { target: server, ws: path === '/graphql', changeOrigin: true },
      ]),
    ),
  },
})

// Uploads a file by tus-js-client as the options on the command line say; prints the address and what became of it.
import { createReadStream, readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import * as tus from 'tus-js-client'

const { file, endpoint, metadata, from, ...options } = JSON.parse(process.argv[2])
let assetId = null

const sources = {
  memory: () => readFileSync(file),
  file: () => createReadStream(file),
  pipe: () => createReadStream(file).pipe(new PassThrough()),
}
const upload = new tus.Upload(sources[from ?? 'memory'](), {
  endpoint,
  metadata,
  retryDelays: [0, 200, 500, 1000, 2000, 3000, 3000, 3000, 3000],
  ...options,
  onAfterResponse: (_request, response) => {
    assetId = response.getHeader('Quizsys-Asset-Id') ?? assetId
  },
  onError: (error) => {
    console.error(String(error))
    process.exit(1)
  },
  onSuccess: () => console.log(JSON.stringify({ url: upload.url, asset_id: assetId })),
})
upload.start()

/** Loaded into a server before it starts (`--preload`): each SIGUSR2 moves its clock on by CLOCK_STEP_MS. */
const step = Number(process.env.CLOCK_STEP_MS)
const now = Date.now.bind(Date)
let offset = 0
Date.now = () => now() + offset
process.on('SIGUSR2', () => {
  offset += step
})

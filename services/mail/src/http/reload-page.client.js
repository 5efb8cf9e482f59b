// Loads the page again when a file of the folder emails/ has changed.
const path = '/_/mail/version'
let known
async function look() {
  try {
    const version = await (await fetch(path)).text()
    if (known !== undefined && version !== known) return location.reload()
    known = version
  } catch {
    // The server begins anew.
  }
  setTimeout(look, 1000)
}
look()

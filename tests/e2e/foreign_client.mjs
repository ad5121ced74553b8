// A client that nobody here wrote a library for: Node's `net`, one JSON text a line.
// usage: node foreign_client.mjs HOST PORT FILE; FILE holds one request a line. Prints each answer.
import { readFileSync } from "node:fs";
import { connect } from "node:net";

const [host, port, file] = process.argv.slice(2);
const requests = readFileSync(file, "utf8").split("\n").filter(Boolean);
const socket = connect(Number(port), host);
let text = "";
let waiting = requests.length;

socket.setEncoding("ascii");
socket.on("connect", () => {
  for (const request of requests) socket.write(request.trim() + "\r\n");
});
socket.on("data", (chunk) => {
  text += chunk;
  const lines = text.split("\r\n");
  text = lines.pop();
  for (const line of lines.filter(Boolean)) {
    console.log(JSON.stringify(JSON.parse(line)));
    waiting -= 1;
  }
  if (waiting === 0) socket.end();
});
socket.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});

# Talks to systole-lsp-server as an editor does, and prints what it answers.
import json
import subprocess

server = subprocess.Popen(
    ["systole-lsp-server"],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,
)


def send(method, params, number=None):
    message = {"jsonrpc": "2.0", "method": method, "params": params}
    if number is not None:
        message["id"] = number
    body = json.dumps(message).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    server.stdin.flush()


def receive(wanted):
    """The next message for which wanted(message) is true."""
    while True:
        length = 0
        while (line := server.stdout.readline().strip()) != b"":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert length, "the server has ended"
        message = json.loads(server.stdout.read(length))
        if wanted(message):
            return message


def answer(number):
    return receive(lambda message: message.get("id") == number)["result"]


def diagnostics():
    notice = receive(
        lambda message: message.get("method") == "textDocument/publishDiagnostics"
    )
    return notice["params"]["diagnostics"]


URI = "file:///tmp/talk.mlir"
WRONG = """func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %z = graph.transpose %y {perm = array<i64: 3>} : (tensor<4xf32>) -> tensor<4xf32>
  return %z : tensor<4xf32>
}
"""
RIGHT = WRONG.replace("i64: 3", "i64: 0")

send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1)
print("initialized:", "capabilities" in answer(1))
send("initialized", {})
document = {"uri": URI, "languageId": "mlir", "version": 1, "text": WRONG}
send("textDocument/didOpen", {"textDocument": document})
(problem,) = diagnostics()
print(f"wrong: line {problem['range']['start']['line']}:", problem["message"])
send(
    "textDocument/didChange",
    {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": RIGHT}]},
)
print("mended:", len(diagnostics()), "diagnostics")
at = {"textDocument": {"uri": URI}, "position": {"line": 2, "character": 23}}
send("textDocument/definition", at, 2)
print("definition: line", answer(2)[0]["range"]["start"]["line"])
at["position"] = {"line": 1, "character": 10}
send("textDocument/hover", at, 3)
print("hover:", "graph.exp" if "graph.exp" in json.dumps(answer(3)) else "nothing")
send("shutdown", None, 4)
answer(4)
send("exit", None)
print("ended:", server.wait(30))

// A model that remembers: what sums, what belongs to one sample, a table that
// an initialiser fills, and a cache of rows, written one at a time. A second
// entry shares its variables.
graph.variable @sum = dense<[1.0, 0.0, 0.0, 0.0]> : tensor<4xf32> loc("sum_var")
graph.variable @hidden per_sample = dense<1.0> : tensor<4xf32> loc("hidden_var")
graph.variable @steps : tensor<i64> loc("steps_var")
graph.variable @table : tensor<4xf32> loc("table_var")
graph.variable @cache : tensor<8x4xf32> loc("cache_var")

func.func @fill() attributes {graph.initializer} {
  %t = graph.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %u = graph.add %t, %t : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("double")
  graph.assign_variable @table, %u : tensor<4xf32> loc("fill_table")
  return
}

func.func @main(%x: tensor<4xf32> {graph.name = "x"})
    -> (tensor<4xf32> {graph.name = "sum"}, tensor<4xf32> {graph.name = "hidden"},
        tensor<i64> {graph.name = "steps"}, tensor<4xf32> {graph.name = "table"},
        tensor<4xf32> {graph.name = "cached"}) attributes {graph.entry} {
  %one = graph.constant dense<1> : tensor<i64>
  %shape = graph.constant dense<[1, 4]> : tensor<2xi64>
  %a = graph.read_variable @sum : tensor<4xf32> loc("read_sum")
  %b = graph.add %a, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("add_sum")
  graph.assign_variable @sum, %b : tensor<4xf32> loc("assign_sum")
  %h = graph.read_variable @hidden : tensor<4xf32> loc("read_hidden")
  %i = graph.mul %h, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("scale_hidden")
  graph.assign_variable @hidden, %i : tensor<4xf32> loc("assign_hidden")
  %s = graph.read_variable @steps : tensor<i64> loc("read_steps")
  %at = graph.unsqueeze %s {axes = array<i64: 0, 1>} : (tensor<i64>) -> tensor<1x1xi64> loc("at")
  %row = graph.reshape %b, %shape : (tensor<4xf32>, tensor<2xi64>) -> tensor<1x4xf32> loc("row")
  %c = graph.read_variable @cache : tensor<8x4xf32> loc("read_cache")
  %d = graph.scatter_nd replace, %c, %at, %row : (tensor<8x4xf32>, tensor<1x1xi64>, tensor<1x4xf32>) -> tensor<8x4xf32> loc("put_row")
  graph.assign_variable @cache, %d : tensor<8x4xf32> loc("assign_cache")
  %e = graph.reduce sum, %d {axes = array<i64: 0>} : (tensor<8x4xf32>) -> tensor<4xf32> loc("sum_rows")
  %t = graph.add %s, %one : (tensor<i64>, tensor<i64>) -> tensor<i64> loc("count")
  graph.assign_variable @steps, %t : tensor<i64> loc("assign_steps")
  %u = graph.read_variable @steps : tensor<i64> loc("read_steps_again")
  %v = graph.read_variable @table : tensor<4xf32> loc("read_table")
  %w = graph.mul %v, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("use_table")
  return %b, %i, %u, %w, %e : tensor<4xf32>, tensor<4xf32>, tensor<i64>, tensor<4xf32>, tensor<4xf32>
}

func.func @steps_so_far() -> (tensor<i64> {graph.name = "steps"}) attributes {graph.entry} {
  %s = graph.read_variable @steps : tensor<i64> loc("read_only")
  return %s : tensor<i64>
}

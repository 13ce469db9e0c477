// Relu after a subtraction, four times over, in a loop and then in a choice: a
// number from 2 down is negative first in the third iteration.
#loop = loc("again"("Loop"))
#bend = loc("bend"("Relu"))
#choice = loc("choose"("If"))
#late = loc("late"("Relu"))
module {
  func.func @main(%x: tensor<2xf32> {graph.name = "x"}, %when: tensor<f32> {graph.name = "late"})
      -> (tensor<2xf32> {graph.name = "y"}) attributes {graph.entry} {
    %zero = graph.constant dense<0> : tensor<i64>
    %step = graph.constant dense<1> : tensor<i64>
    %four = graph.constant dense<4> : tensor<i64>
    %one = graph.constant dense<1.0> : tensor<f32>
    %late = graph.compare eq, %when, %one : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %r:2 = graph.while (%i = %zero, %v = %x) : (tensor<i64>, tensor<2xf32>) -> (tensor<i64>, tensor<2xf32>) {
      %more = graph.compare lt, %i, %four : (tensor<i64>, tensor<i64>) -> tensor<i1>
      graph.yield %more : tensor<i1>
    } do (%j, %w) {
      %next = graph.add %j, %step : (tensor<i64>, tensor<i64>) -> tensor<i64>
      %less = graph.sub %w, %one : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
      %bent = graph.relu %less : (tensor<2xf32>) -> tensor<2xf32> loc(#bend)
      %same = graph.if %late : tensor<i1> -> (tensor<2xf32>) {
        %sum = graph.add %less, %bent : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
        graph.yield %sum : tensor<2xf32>
      } else {
        graph.yield %bent : tensor<2xf32>
      } loc(#choice)
      graph.yield %next, %same : tensor<i64>, tensor<2xf32>
    } loc(#loop)
    %y = graph.if %late : tensor<i1> -> (tensor<2xf32>) {
      %n = graph.neg %r#1 : (tensor<2xf32>) -> tensor<2xf32>
      %z = graph.relu %n : (tensor<2xf32>) -> tensor<2xf32> loc(#late)
      graph.yield %z : tensor<2xf32>
    } else {
      graph.yield %r#1 : tensor<2xf32>
    } loc(#choice)
    return %y : tensor<2xf32>
  }
}

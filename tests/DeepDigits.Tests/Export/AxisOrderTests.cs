namespace DeepDigits.Tests.Export;

/// <summary>Dimensions in another order.</summary>
public sealed class AxisOrderTests
{
    [Fact]
    public void EveryNumberGoesWhereItsIndicesSay()
    {
        var tensor = new Tensor(2, 3, 4, 5);
        for (var i = 0; i < tensor.Length; i++)
            tensor.Values[i] = i;
        var moved = AxisOrder.Permute(tensor, 3, 1, 0, 2);
        Assert.Equal([5, 3, 2, 4], moved.Shape.ToArray());
        for (var a = 0; a < 2; a++)
            for (var b = 0; b < 3; b++)
                for (var c = 0; c < 4; c++)
                    for (var d = 0; d < 5; d++)
                        Assert.Equal(tensor[a, b, c, d], moved[d, b, a, c]);
        Assert.Equal(tensor.Values.ToArray(), AxisOrder.FiltersLast(AxisOrder.FiltersFirst(tensor)).Values.ToArray());
    }
}

namespace DeepDigits.Tests;

public sealed class DigitPreparationTests
{
    [Fact]
    public void Digits_of_the_data_set_stay_as_they_are()
    {
        var test = Mnist.Load().Test;
        var (same, near) = (0, 0);
        const int count = 2000;
        for (var i = 0; i < count; i++)
        {
            var digit = Tensor.From(test.Images.Row(i), 28, 28, 1);
            var prepared = DigitPreparation.Prepare(digit);
            Assert.Equal([1, 28, 28, 1], prepared.Shape.ToArray());
            var strongest = digit.Values.ToArray().Max();
            var largest = 0f;
            for (var j = 0; j < digit.Length; j++)
                largest = Math.Max(largest, Math.Abs(digit.Values[j] / strongest - prepared.Values[j]));
            same += largest < 1e-6f ? 1 : 0;
            near += largest < 0.1f ? 1 : 0;
        }
        // The rest have ink on the border, specks of dust, or are a pixel smaller than the authors' 20.
        Assert.InRange(same / (double)count, 0.97, 1);
        Assert.InRange(near / (double)count, 0.98, 1);
    }

    [Fact]
    public void Dark_ink_on_light_paper_is_the_same_digit()
    {
        var light = Ring(100, 60, ink: 0.9f, paper: 0.1f);
        var dark = Ring(100, 60, ink: 0.1f, paper: 0.9f);
        var (a, b) = (DigitPreparation.Prepare(light), DigitPreparation.Prepare(dark));
        for (var i = 0; i < a.Length; i++)
            Assert.Equal(a.Values[i], b.Values[i], 1e-6f);
        Assert.Equal(1, a.Values.ToArray().Max());
        Assert.Equal(0, a.Values[0]);
    }

    [Theory]
    [InlineData(40, 20, 20, 10)] // twice as large as the box
    [InlineData(10, 20, 10, 20)] // half as large
    [InlineData(7, 7, 20, 20)]
    [InlineData(1, 60, 1, 20)] // a hair: at least one pixel wide
    [InlineData(31, 2, 20, 1)]
    public void The_longer_side_becomes_20_pixels(int height, int width, int expectedHeight, int expectedWidth)
    {
        var picture = new Tensor(80, 90, 1);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                picture[3 + y, 20 + x, 0] = 0.5f;
        }
        var digit = DigitPreparation.Prepare(picture);
        var (rows, columns) = (new HashSet<int>(), new HashSet<int>());
        for (var i = 0; i < digit.Length; i++)
        {
            if (digit.Values[i] == 0)
                continue;
            Assert.Equal(1, digit.Values[i], 1e-6f);
            rows.Add(i / 28);
            columns.Add(i % 28);
        }
        Assert.Equal((expectedHeight, expectedWidth), (rows.Count, columns.Count));
        Assert.Equal(14, Math.Round(rows.Average()), 0.5);
        Assert.Equal(14, Math.Round(columns.Average()), 0.5);
    }

    [Fact]
    public void The_centre_of_mass_comes_to_the_centre()
    {
        // A triangle, right angle at the bottom left: its centre of mass is a third up and a third to the right, not in the middle of the
        // box.
        var picture = new Tensor(64, 64);
        for (var y = 0; y < 40; y++)
        {
            for (var x = 0; x <= y; x++)
                picture[10 + y, 10 + x] = 1;
        }
        var digit = DigitPreparation.Prepare(picture);
        double mass = 0, massY = 0, massX = 0;
        for (var i = 0; i < digit.Length; i++)
            (mass, massY, massX) = (mass + digit.Values[i], massY + digit.Values[i] * (i / 28), massX + digit.Values[i] * (i % 28));
        Assert.InRange(massY / mass, 13.5, 14.5);
        Assert.InRange(massX / mass, 13.5, 14.5);
    }

    [Fact]
    public void A_digit_whose_mass_is_at_its_edge_stays_in_the_field()
    {
        var picture = new Tensor(60, 60);
        for (var y = 0; y < 40; y++) // a long thin stroke and a heavy foot
        {
            for (var x = 0; x < (y < 36 ? 1 : 40); x++)
                picture[10 + y, 10 + x] = 1;
        }
        var digit = DigitPreparation.Prepare(picture);
        // The centre of mass is some 17 pixels below the top of the box, which would have to stand 3 pixels above the field.
        Assert.Equal(Enumerable.Range(0, 20), Enumerable.Range(0, 28).Where(y => Enumerable.Range(0, 28).Any(x => digit[0, y, x, 0] > 0)));
        Assert.Equal(0.5f, digit[0, 0, 6, 0]);
        Assert.Equal(1f, digit[0, 19, 25, 0]);
    }

    [Fact]
    public void Noise_dust_and_grey_paper_do_not_matter()
    {
        var clean = DigitPreparation.Prepare(Ring(120, 160, ink: 0.2f, paper: 0.8f));
        var random = new SeededRandom(3);
        var photo = Ring(120, 160, ink: 0.2f, paper: 0.8f);
        foreach (ref var level in photo.Values)
            level += 0.02f * random.NextNormal();
        photo[5, 5, 0] = 0.1f;
        photo[110, 150, 0] = 0.3f;
        var prepared = DigitPreparation.Prepare(photo);
        for (var i = 0; i < clean.Length; i++)
            Assert.Equal(clean.Values[i], prepared.Values[i], 0.15f);
    }

    [Fact]
    public void An_empty_sheet_shows_no_digit()
    {
        var sheet = new Tensor(30, 40, 1);
        sheet.Values.Fill(0.9f);
        var error = Assert.Throws<DigitNotFoundException>(() => DigitPreparation.Prepare(sheet));
        Assert.Contains("40 x 30", error.Message);
        Assert.Throws<DigitNotFoundException>(() => DigitPreparation.Prepare(Tensor.From([0.5f], 1, 1)));
    }

    [Fact]
    public void Where_ink_covers_the_border_the_message_gives_levels_that_a_picture_can_have()
    {
        // Black from the top down to beyond the middle: nothing can stand out from a border that is both black and white.
        var sheet = new Tensor(30, 40, 1);
        sheet.Values[(18 * 40)..].Fill(1);
        var error = Assert.Throws<DigitNotFoundException>(() => DigitPreparation.Prepare(sheet));
        Assert.Contains("whose level is 0.00 and varies by 1.00; ink must differ by more than twice that", error.Message);
    }

    [Fact]
    public void The_file_of_an_empty_sheet_is_named()
    {
        using var folder = new TemporaryFolder();
        PngWriter.Write(folder["empty.png"], new Tensor(30, 40));
        Assert.Contains("empty.png", Assert.Throws<DigitNotFoundException>(() => DigitPreparation.ReadDigit(folder["empty.png"])).Message);
    }

    [Fact]
    public void A_picture_file_becomes_a_digit()
    {
        using var folder = new TemporaryFolder();
        var ring = Ring(50, 70, ink: 0, paper: 1);
        PngWriter.Write(folder["ring.png"], ring);
        Assert.Equal(DigitPreparation.Prepare(ring).Values.ToArray(), DigitPreparation.ReadDigit(folder["ring.png"]).Values.ToArray());
    }

    [Fact]
    public void Other_shapes_and_numbers_are_refused()
    {
        foreach (int[] shape in new int[][] { [], [28], [1, 28, 28, 1], [28, 28, 3], [0, 28] })
            Assert.Throws<ShapeException>(() => DigitPreparation.Prepare(new Tensor(shape)));
        Assert.Throws<ArgumentException>(() => DigitPreparation.Prepare(Tensor.From([0, float.NaN, 0, 0], 2, 2)));
        Assert.Throws<ArgumentException>(() => DigitPreparation.Prepare(Tensor.From([0, float.PositiveInfinity, 0, 0], 2, 2)));
    }

    /// <summary>
    /// A zero: an ellipse of ink with a hole, in the middle of a sheet, and a stroke at its side so that it is not symmetric.
    /// </summary>
    static Tensor Ring(int height, int width, float ink, float paper)
    {
        var picture = new Tensor(height, width, 1);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (dy, dx) = ((y - height / 2f) / (height * 0.35f), (x - width / 2f) / (height * 0.25f));
                picture[y, x, 0] = dy * dy + dx * dx is > 0.5f and < 1 || (dx is > 0.9f and < 1.5f && dy is > 0.3f and < 0.5f) ? ink : paper;
            }
        }
        return picture;
    }
}

using FsCheck.Fluent;

namespace DeepDigits.Tests.Data;

public sealed class Crc32Tests
{
    [Fact]
    public void The_check_value_of_the_standard_comes_out()
    {
        Assert.Equal(0xcbf43926, Crc32.Append(0, "123456789"u8));
        Assert.Equal(0u, Crc32.Append(0, []));
        Assert.Equal(0xae426082, Crc32.Append(0, "IEND"u8)); // as it stands at the end of every PNG file
    }

    [Fact]
    public void Bytes_may_come_in_parts()
    {
        var bytes = Examples.Bytes(1000, 1);
        Properties.Hold(Gen.Choose(0, 1000), cut =>
        {
            var first = Crc32.Append(0, bytes.AsSpan(0, cut));
            Assert.Equal(Crc32.Append(0, bytes), Crc32.Append(first, bytes.AsSpan(cut)));
        });
    }
}

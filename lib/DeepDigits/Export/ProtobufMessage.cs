using Google.Protobuf;

namespace DeepDigits;

/// <summary>One message in protobuf's wire format, written field by field. A field is a number and a value; the numbers are those of the format's schema.</summary>
sealed class ProtobufMessage
{
    readonly MemoryStream bytes = new();
    readonly CodedOutputStream output;

    public ProtobufMessage() => output = new CodedOutputStream(bytes, leaveOpen: true);

    public ProtobufMessage Add(int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
        return this;
    }

    public ProtobufMessage Add(int field, float value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
        return this;
    }

    public ProtobufMessage Add(int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
        return this;
    }

    public ProtobufMessage Add(int field, ReadOnlyMemory<byte> value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(value.Length);
        output.Flush();
        bytes.Write(value.Span);
        return this;
    }

    public ProtobufMessage Add(int field, ProtobufMessage value) => Add(field, value.Bytes);

    public ProtobufMessage Add(int field, IEnumerable<long> values)
    {
        foreach (var value in values)
            Add(field, value);
        return this;
    }

    public ProtobufMessage Add(int field, IEnumerable<string> values)
    {
        foreach (var value in values)
            Add(field, value);
        return this;
    }

    public ProtobufMessage Add(int field, IEnumerable<ProtobufMessage> values)
    {
        foreach (var value in values)
            Add(field, value);
        return this;
    }

    /// <summary>What was written so far; valid until more is.</summary>
    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            output.Flush();
            return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        }
    }
}

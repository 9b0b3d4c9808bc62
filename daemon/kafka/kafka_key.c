#include "seinpost/kafka/kafka_key.h"

#include "seinpost/kafka/kafka_client.h"

int32_t kafka_key_partition(struct slice key, int32_t partitions)
{
    return rd_kafka_msg_partitioner_murmur2(NULL, key.data, key.size, partitions, NULL, NULL);
}
